import { makeStyles, tokens } from '@fluentui/react-components';
import { type ReactNode, useEffect, useRef } from 'react';
import { MarkIcon } from '../../parts/icons.ts';
import { en } from '../../text/en.ts';

const useStyles = makeStyles({
  page: {
    height: '100%',
    overflowY: 'auto',
    display: 'flex',
    backgroundColor: tokens.colorNeutralBackground3,
  },
  card: {
    margin: 'auto',
    width: 'min(620px, calc(100vw - 48px))',
    boxSizing: 'border-box',
    padding: tokens.spacingHorizontalXXXL,
    backgroundColor: tokens.colorNeutralBackground1,
    borderRadius: tokens.borderRadiusXLarge,
    boxShadow: tokens.shadow8,
    display: 'flex',
    flexDirection: 'column',
    gap: tokens.spacingVerticalL,
  },
  brand: {
    display: 'flex',
    alignItems: 'center',
    gap: tokens.spacingHorizontalS,
    color: tokens.colorNeutralForeground3,
  },
  mark: { color: tokens.colorBrandForeground1, display: 'inline-flex' },
  title: {
    margin: 0,
    fontSize: tokens.fontSizeBase600,
    lineHeight: tokens.lineHeightBase600,
    fontWeight: tokens.fontWeightSemibold,
  },
});

/** The whole window for one question about the master key. */
export function SecretsPage({ title, children }: { title: string; children: ReactNode }) {
  const styles = useStyles();
  const main = useRef<HTMLElement>(null);
  // It is all there is: whoever uses the keyboard begins at its first question, or at its first button.
  useEffect(() => main.current?.querySelector<HTMLElement>(':is(input, button):not(:disabled)')?.focus(), []);
  return (
    <div className={styles.page}>
      <main ref={main} className={styles.card}>
        <title>{`${title} – Trustkeep`}</title>
        <div className={styles.brand}>
          <span className={styles.mark} aria-hidden="true">
            <MarkIcon />
          </span>
          {en.product}
        </div>
        <h1 className={styles.title}>{title}</h1>
        {children}
      </main>
    </div>
  );
}
