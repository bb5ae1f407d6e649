import { makeStyles, mergeClasses, tokens } from '@fluentui/react-components';
import type { PlannedFile } from '#shared/model/plan.ts';
import { en } from '../../text/en.ts';
import { modeText } from '../format.ts';
import { Hash } from '../hash.tsx';

const useStyles = makeStyles({
  table: { width: '100%', borderCollapse: 'collapse', tableLayout: 'fixed' },
  head: {
    textAlign: 'left',
    color: tokens.colorNeutralForeground3,
    fontWeight: tokens.fontWeightRegular,
    padding: `2px ${tokens.spacingHorizontalS}`,
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
  holds: {
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

/** Every file before and after: content, owner, mode. What changes is set in bold. */
export function PlanFiles({ files }: { files: readonly PlannedFile[] }) {
  const styles = useStyles();
  return (
    <table className={styles.table} aria-label={en.plan.files}>
      <thead>
        <tr>
          <th scope="col" className={mergeClasses(styles.head, styles.first)}>
            <span className={styles.quiet}> </span>
          </th>
          <th scope="col" className={mergeClasses(styles.head, styles.wide)}>
            {en.plan.content}
          </th>
          <th scope="col" className={styles.head}>
            {en.plan.owner}
          </th>
          <th scope="col" className={styles.head}>
            {en.plan.mode}
          </th>
        </tr>
      </thead>
      {files.map((file) => (
        <FileRows key={file.path} file={file} />
      ))}
    </table>
  );
}

function FileRows({ file }: { file: PlannedFile }) {
  const styles = useStyles();
  const { before, after } = file;
  const ownerBefore = before === null ? null : `${before.owner}:${before.group}`;
  const ownerAfter = `${after.owner}:${after.group}`;
  const cell = (changed: boolean) => mergeClasses(styles.cell, changed && styles.changed);
  return (
    <tbody className={styles.group}>
      <tr>
        <th scope="rowgroup" colSpan={4} className={styles.path}>
          {file.path}
          <span className={styles.holds}>{en.plan.holds[file.holds]}</span>
        </th>
      </tr>
      <tr>
        <th scope="row" className={styles.head}>
          {en.plan.before}
        </th>
        {before === null ? (
          <td colSpan={3} className={mergeClasses(styles.cell, styles.quiet)}>
            {en.plan.notThere}
          </td>
        ) : (
          <>
            <td className={styles.cell}>
              <Hash value={before.sha256} what={en.plan.content} copy={false} />
              <span className={styles.quiet}> {en.plan.bytes(before.size)}</span>
            </td>
            <td className={styles.cell}>{ownerBefore}</td>
            <td className={styles.cell}>{modeText(before.mode)}</td>
          </>
        )}
      </tr>
      <tr>
        <th scope="row" className={styles.head}>
          {en.plan.after}
        </th>
        <td className={styles.cell}>
          {after.sha256 === null ? (
            <span className={styles.quiet}>{en.plan.hashLater}</span>
          ) : (
            <Hash value={after.sha256} what={en.plan.content} copy={false} />
          )}
        </td>
        <td className={cell(ownerBefore !== ownerAfter)}>{ownerAfter}</td>
        <td className={cell(before?.mode !== after.mode)}>{modeText(after.mode)}</td>
      </tr>
    </tbody>
  );
}
