import { type RefObject, useRef } from 'react';
import { useSmallWindow } from '../../bridge/desktop.ts';
import { GroupRow } from './group-row.tsx';
import { TableRow } from './table-row.tsx';
import { useFocusedLine } from './use-focused-line.ts';
import { type TableBodyProps, useLineHandlers } from './use-line-handlers.ts';
import { useSight } from './use-sight.ts';

/** The lines of a table; of a long one those in sight, the one with the keyboard and a few around. */
export function TableBody<Row>(props: TableBodyProps<Row>) {
  const { lines, columns, place, selection } = props;
  const body = useRef<HTMLTableSectionElement>(null);
  const focused = useFocusedLine(body, lines);
  const sight = useSight(body as RefObject<HTMLElement | null>, lines, focused.at);
  const handlers = useLineHandlers({ ...props, focused });
  const small = useSmallWindow();
  // a cell across more columns than are shown would make another
  const cells = columns.filter((one) => !(small && one.wideOnly)).length + (selection === null ? 0 : 1);
  const enters = sight.parts.some((part) => part.at === focused.at)
    ? focused.at
    : (sight.parts.find((part) => part.at !== null)?.at ?? 0);
  return (
    <tbody ref={body} {...handlers}>
      {sight.parts.map((part) => {
        const line = part.at === null ? undefined : lines[part.at];
        if (part.at === null || line === undefined)
          return <Gap key={part.key} height={part.height} cells={cells} />;
        const shared = {
          at: part.at,
          number: props.before + part.at + 2, // the head is the first
          tabStop: part.at === enters,
          measure: sight.measure,
          uniform: sight.uniform,
        };
        return line.kind === 'row' ? (
          <TableRow
            key={line.key}
            {...shared}
            row={line.row}
            columns={columns}
            place={place(line.row)}
            selected={selection === null ? null : selection.has(line.key)}
          />
        ) : (
          <GroupRow
            key={line.key}
            {...shared}
            label={line.label}
            count={line.rows.length}
            folded={line.folded}
            cells={cells}
          />
        );
      })}
    </tbody>
  );
}

/** As high as the lines that are not drawn. */
function Gap({ height, cells }: { height: number; cells: number }) {
  return (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: a table row takes no focus
    <tr aria-hidden="true" style={{ height }}>
      <td colSpan={cells} />
    </tr>
  );
}
