/** The data of server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html) out of bytes, however they are split. */
import { createParser } from 'eventsource-parser';

/** `encoding`: it is no UTF-8. `too-large`: one event has more characters than it may. */
export type EventFault = 'encoding' | 'too-large';

/** Reads one body. An event that its end cuts off is none. */
export class EventReader {
  readonly #decoder = new TextDecoder('utf-8', { fatal: true });
  #events: string[] = [];
  #tooLarge = false;
  readonly #parser;

  /** `most`: characters of one event. */
  constructor(most: number) {
    this.#parser = createParser({
      maxBufferSize: most,
      onEvent: ({ data }) => void this.#events.push(data),
      onError: ({ type }) => {
        this.#tooLarge ||= type === 'max-buffer-size-exceeded';
      },
    });
  }

  /** The data of the events that are whole now. */
  read(bytes: Uint8Array): readonly string[] | EventFault {
    this.#events = [];
    try {
      this.#parser.feed(this.#decoder.decode(bytes, { stream: true }));
    } catch {
      return this.#tooLarge ? 'too-large' : 'encoding';
    }
    return this.#tooLarge ? 'too-large' : this.#events;
  }
}
