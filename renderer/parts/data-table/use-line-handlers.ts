import type { FocusEvent, HTMLAttributes, KeyboardEvent, MouseEvent } from 'react';
import type { Line } from './arrange.ts';
import type { Column } from './columns.ts';
import { lineKey } from './row-keys.ts';
import type { Selection } from './selection.ts';
import type { FocusedLine } from './use-focused-line.ts';

export interface TableBodyProps<Row> {
  lines: readonly Line<Row>[];
  columns: readonly Column<Row>[];
  place(row: Row): readonly string[];
  selection: Selection | null;
  /** Folds or unfolds the group of this name. */
  fold(label: string): void;
  /** Rows on the pages before this one. */
  before: number;
}

interface Options<Row> extends TableBodyProps<Row> {
  focused: FocusedLine;
}

/** What the body of a table does with keys and clicks on its lines; they bubble up to it, so that lines have no handlers of their own. */
export function useLineHandlers<Row>(options: Options<Row>): HTMLAttributes<HTMLTableSectionElement> {
  const { focused } = options;
  return {
    onKeyDown: (event) => pressed(event, options),
    onClickCapture: (event) => clicked(event, options),
    onFocus: (event: FocusEvent<HTMLElement>) => {
      const at = lineAt(event.target);
      if (at !== null) focused.came(at);
    },
  };
}

function lineAt(target: EventTarget): number | null {
  const line = target instanceof Element ? target.closest('[data-line]') : null;
  return line === null ? null : Number(line.getAttribute('data-line'));
}

function pressed<Row>(event: KeyboardEvent<HTMLElement>, options: Options<Row>): void {
  const here = lineAt(event.target);
  const entry = event.target instanceof Element && event.target.matches('[data-row-link], [type=checkbox]');
  const action = here === null || !entry ? null : lineKey(event, here, options.lines.length);
  if (here === null || action === null || !act(action, here, event, options)) return;
  event.preventDefault();
  event.stopPropagation();
}

/** False when there is nothing to do here and the key keeps its usual meaning. */
function act<Row>(
  action: NonNullable<ReturnType<typeof lineKey>>,
  here: number,
  event: KeyboardEvent<HTMLElement>,
  { lines, selection, fold, focused }: Options<Row>,
): boolean {
  const line = lines[here];
  switch (action.do) {
    case 'go':
      focused.go(action.to);
      if (action.extend) extend(selection, lines[here]?.key, lines[action.to]?.key);
      return true;
    case 'select':
      if (selection === null || line?.kind !== 'row') return false;
      if (event.shiftKey) selection.extend(line.key);
      else selection.toggle(line.key);
      return true;
    case 'select-all':
      selection?.all();
      return selection !== null;
    case 'select-none':
      if (selection === null || selection.count === 0) return false;
      selection.none();
      return true;
    case 'fold':
      if (line?.kind !== 'group' || line.folded === action.fold) return false;
      fold(line.label);
      return true;
    default:
      return action satisfies never;
  }
}

function extend(selection: Selection | null, from: string | undefined, to: string | undefined): void {
  if (selection === null || from === undefined || to === undefined) return;
  selection.extend(to, from);
}

/** A box selects; a click with Ctrl or Shift selects too, anywhere on the row; any other click leads where the row leads. */
function clicked<Row>(event: MouseEvent<HTMLElement>, { lines, selection, fold }: Options<Row>): void {
  const at = lineAt(event.target);
  const line = at === null ? undefined : lines[at];
  if (line === undefined || !(event.target instanceof Element)) return;
  if (line.kind === 'group') {
    if (event.target.closest('[data-fold]') !== null) fold(line.label);
    return;
  }
  const box = event.target.closest('[data-check]') !== null;
  const chosen =
    event.target.closest('[data-row-link]') !== null && (event.ctrlKey || event.metaKey || event.shiftKey);
  if (selection === null || !(box || chosen)) return;
  if (!event.target.matches('[type=checkbox]')) event.preventDefault();
  if (event.shiftKey) selection.extend(line.key);
  else selection.toggle(line.key);
}
