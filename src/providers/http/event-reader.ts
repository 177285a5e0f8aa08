/** Server-sent events out of bytes, however they are split (https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream). */

/** `encoding`: it is no UTF-8. `too-large`: one event has more characters than it may. */
export type EventFault = 'encoding' | 'too-large';

/** Reads one body. Only `data` is looked at; an event that the end of the body cuts off is none. */
export class EventReader {
  readonly #decoder = new TextDecoder('utf-8', { fatal: true });
  /** The line that has begun, in pieces: joining them each time would take long for lines that come bit by bit. */
  #line: string[] = [];
  #data: string[] = [];
  #size = 0;
  #endedByReturn = false;

  /** `most`: characters of one event. */
  constructor(private readonly most: number) {}

  /** The data of the events that are whole now. */
  read(bytes: Uint8Array): readonly string[] | EventFault {
    let text: string;
    try {
      text = this.#decoder.decode(bytes, { stream: true });
    } catch {
      return 'encoding';
    }
    if (text === '') return [];
    // A line that ended with a return at the end of the piece before may have been ended by return and newline.
    if (this.#endedByReturn && text.startsWith('\n')) text = text.slice(1);
    this.#endedByReturn = text.endsWith('\r');
    const events: string[] = [];
    const [rest = '', ...lines] = text.split(/\r\n|\r|\n/).reverse();
    for (const end of lines.reverse()) {
      const event = this.#end(end);
      if (event !== undefined) events.push(event);
    }
    this.#line.push(rest);
    this.#size += text.length;
    if (events.length > 0) this.#size = rest.length;
    return this.#size > this.most ? 'too-large' : events;
  }

  #end(text: string): string | undefined {
    const line = this.#line.join('') + text;
    this.#line = [];
    if (line === '') {
      const event = this.#data;
      this.#data = [];
      return event.length === 0 ? undefined : event.join('\n');
    }
    if (line === 'data') this.#data.push('');
    else if (line.startsWith('data:')) this.#data.push(line.slice(line.startsWith('data: ') ? 6 : 5));
    return undefined;
  }
}
