/** Many rows of one height, of which only those in sight are in the document. */
import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

/** Rows drawn beyond those in sight, so that a quick hand sees no gap. */
const MARGIN = 12;

interface VirtualRowsProps {
  readonly count: number;
  /** Pixels. */
  readonly rowHeight: number;
  readonly label: string;
  readonly head: ComponentChildren;
  readonly row: (index: number) => ComponentChildren;
  /** The end is near: more can be fetched. */
  readonly onNearEnd: () => void;
  readonly onTop: (atTop: boolean) => void;
}

export function VirtualRows({ count, rowHeight, label, head, row, onNearEnd, onTop }: VirtualRowsProps) {
  const port = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: 800 });
  useLayoutEffect(() => {
    const element = port.current;
    if (element === null) return undefined;
    const look = (): void => setView({ top: element.scrollTop, height: element.clientHeight });
    const watch = new ResizeObserver(look);
    watch.observe(element);
    look();
    return () => watch.disconnect();
  }, []);
  const first = Math.max(0, Math.floor(view.top / rowHeight) - MARGIN);
  const last = Math.min(count, Math.ceil((view.top + view.height) / rowHeight) + MARGIN);
  useEffect(() => {
    if (last >= count - MARGIN) onNearEnd();
  }, [last, count]);
  const scrolled = (): void => {
    const { scrollTop = 0, clientHeight = 0 } = port.current ?? {};
    setView({ top: scrollTop, height: clientHeight });
    onTop(scrollTop < rowHeight);
  };
  const shown = Array.from({ length: Math.max(0, last - first) }, (_, index) => first + index);
  return (
    <div class="table" role="table" aria-label={label} aria-rowcount={count + 1}>
      <div class="table-head" role="rowgroup">
        <div class="table-row" role="row" aria-rowindex={1}>
          {head}
        </div>
      </div>
      <div class="table-port" role="rowgroup" ref={port} onScroll={scrolled} tabIndex={0} aria-label={`${label}, rows`}>
        <div class="table-space" role="presentation" style={{ height: `${count * rowHeight}px` }}>
          {shown.map((index) => (
            <div
              key={index}
              class="table-row"
              role="row"
              aria-rowindex={index + 2}
              style={{ transform: `translateY(${index * rowHeight}px)`, height: `${rowHeight}px` }}
            >
              {row(index)}
            </div>
          ))}
        </div>
      </div>
    </div>
  );
}
