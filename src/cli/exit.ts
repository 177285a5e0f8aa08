/** How the command ends: the exit statuses, and the way a command hands its own on. */
export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  /** Ctrl-C: 128 and the number of SIGINT. */
  interrupted: 130,
} as const;

export type Finish = (status: number) => void;
