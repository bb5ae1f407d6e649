import { makeStyles, mergeClasses, tokens } from '@fluentui/react-components';
import type { Cell, Drawing } from '#shared/model/changes/change-kind.ts';
import type { AnyChangeKind, Change } from '#shared/model/changes/index.ts';
import { en } from '../../text/en.ts';
import { Hash } from '../hash.tsx';

const useStyles = makeStyles({
  table: { width: '100%', borderCollapse: 'collapse', tableLayout: 'fixed' },
  head: {
    textAlign: 'left',
    color: tokens.colorNeutralForeground3,
    fontWeight: tokens.fontWeightRegular,
    padding: `2px ${tokens.spacingHorizontalS}`,
    verticalAlign: 'top',
  },
  first: { width: '92px' },
  group: { borderTop: `1px solid ${tokens.colorNeutralStroke3}`, ':first-of-type': { borderTop: 'none' } },
  path: {
    fontFamily: tokens.fontFamilyMonospace,
    fontSize: tokens.fontSizeBase300,
    fontWeight: tokens.fontWeightSemibold,
    textAlign: 'left',
    padding: `${tokens.spacingVerticalS} ${tokens.spacingHorizontalS} 2px`,
    overflowWrap: 'anywhere',
  },
  about: {
    fontFamily: tokens.fontFamilyBase,
    fontWeight: tokens.fontWeightRegular,
    color: tokens.colorNeutralForeground3,
    marginLeft: tokens.spacingHorizontalS,
  },
  cell: { padding: `2px ${tokens.spacingHorizontalS}`, verticalAlign: 'top', overflowWrap: 'anywhere' },
  changed: { fontWeight: tokens.fontWeightSemibold },
  quiet: { color: tokens.colorNeutralForeground3 },
  wide: { width: '46%' },
});

/** Things before and after, cell by cell. What changes is set in bold. */
export function PlanStates({ kind, changes }: { kind: AnyChangeKind; changes: readonly Change[] }) {
  const styles = useStyles();
  return (
    <table className={styles.table} aria-label={kind.heading}>
      <thead>
        <tr>
          <td className={mergeClasses(styles.head, styles.first)} />
          {kind.columns.map((column, at) => (
            <th
              key={column}
              scope="col"
              className={mergeClasses(styles.head, at === 0 && kind.columns.length > 1 && styles.wide)}
            >
              {column}
            </th>
          ))}
        </tr>
      </thead>
      {changes.map((change) => {
        const drawing = kind.draw(change);
        if (drawing.as !== 'states') return null;
        const sentence = kind.sentence(change);
        return <StateRows key={kind.place(change)} {...{ drawing, sentence, columns: kind.columns }} />;
      })}
    </table>
  );
}

interface StateRowsProps {
  drawing: Drawing & { as: 'states' };
  sentence: string;
  columns: readonly string[];
}

function StateRows({ drawing, sentence, columns }: StateRowsProps) {
  const styles = useStyles();
  const { place, about, before, after } = drawing;
  return (
    <tbody className={styles.group}>
      <tr>
        <th scope="rowgroup" colSpan={columns.length + 1} className={styles.path}>
          {place}
          <span className={styles.about}>{about}</span>
        </th>
      </tr>
      <StateRow head={en.plan.before} cells={before} columns={columns} none={en.plan.notThere} />
      <StateRow head={en.plan.after} cells={after} columns={columns} none={en.plan.removed} other={before} />
      <tr>
        <td />
        <td colSpan={columns.length} className={mergeClasses(styles.cell, styles.quiet)}>
          {sentence}
        </td>
      </tr>
    </tbody>
  );
}

interface StateRowProps {
  head: string;
  cells: readonly Cell[] | null;
  columns: readonly string[];
  /** Said when it is not there. */
  none: string;
  /** The cells it is compared with. */
  other?: readonly Cell[] | null;
}

function StateRow({ head, cells, columns, none, other }: StateRowProps) {
  const styles = useStyles();
  const changed = (cell: Cell, at: number) =>
    other !== undefined && 'text' in cell && !(other?.[at] && same(cell, other[at]));
  return (
    <tr>
      <th scope="row" className={styles.head}>
        {head}
      </th>
      {cells === null ? (
        <td colSpan={columns.length} className={mergeClasses(styles.cell, styles.quiet)}>
          {none}
        </td>
      ) : (
        columns.map((column, at) => {
          const cell = cells[at] ?? { text: '' };
          return (
            <td key={column} className={mergeClasses(styles.cell, changed(cell, at) && styles.changed)}>
              <CellText cell={cell} column={column} />
            </td>
          );
        })
      )}
    </tr>
  );
}

const same = (one: Cell, other: Cell): boolean => 'text' in one && 'text' in other && one.text === other.text;

function CellText({ cell, column }: { cell: Cell; column: string }) {
  const styles = useStyles();
  if ('text' in cell) return cell.text;
  if (cell.hash === null) return <span className={styles.quiet}>{en.plan.hashLater}</span>;
  return (
    <>
      <Hash value={cell.hash} what={column} copy={false} />
      {cell.note !== null && <span className={styles.quiet}> {cell.note}</span>}
    </>
  );
}
