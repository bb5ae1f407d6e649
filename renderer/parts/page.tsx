import { makeStyles, tokens } from '@fluentui/react-components';
import type { ReactNode } from 'react';
import { smallWindow } from './data-table/table-styles.ts';
import { ChevronIcon } from './icons.ts';
import { InnerLink } from './inner-link.tsx';

const useStyles = makeStyles({
  page: { display: 'flex', flexDirection: 'column', height: '100%', minHeight: 0 },
  head: {
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'center',
    gap: `${tokens.spacingVerticalS} ${tokens.spacingHorizontalL}`,
    padding: `${tokens.spacingVerticalL} ${tokens.spacingHorizontalXXL} ${tokens.spacingVerticalM}`,
    [smallWindow]: {
      padding: `${tokens.spacingVerticalM} ${tokens.spacingHorizontalL} ${tokens.spacingVerticalS}`,
    },
  },
  words: { flexGrow: 1, flexBasis: '300px', minWidth: 0 },
  title: {
    margin: 0,
    fontSize: tokens.fontSizeBase600,
    lineHeight: tokens.lineHeightBase600,
    fontWeight: tokens.fontWeightSemibold,
    overflowWrap: 'anywhere',
  },
  titleRow: { display: 'flex', alignItems: 'center', flexWrap: 'wrap', gap: tokens.spacingHorizontalM },
  subtitle: { color: tokens.colorNeutralForeground3, marginTop: '2px', overflowWrap: 'anywhere' },
  crumbs: {
    display: 'flex',
    alignItems: 'center',
    gap: tokens.spacingHorizontalXS,
    color: tokens.colorNeutralForeground3,
  },
  actions: { display: 'flex', flexWrap: 'wrap', gap: tokens.spacingHorizontalS },
  body: {
    flexGrow: 1,
    minHeight: 0,
    overflowY: 'auto',
    padding: `${tokens.spacingVerticalXS} ${tokens.spacingHorizontalXXL} ${tokens.spacingVerticalXXL}`,
    [smallWindow]: {
      padding: `${tokens.spacingVerticalXS} ${tokens.spacingHorizontalL} ${tokens.spacingVerticalL}`,
    },
    display: 'flex',
    flexDirection: 'column',
    gap: tokens.spacingVerticalL,
  },
  foot: {
    borderTop: `1px solid ${tokens.colorNeutralStroke2}`,
    backgroundColor: tokens.colorNeutralBackground1,
    padding: `${tokens.spacingVerticalM} ${tokens.spacingHorizontalXXL}`,
    [smallWindow]: { padding: `${tokens.spacingVerticalS} ${tokens.spacingHorizontalL}` },
  },
});

interface PageProps {
  title: string;
  /** Beside the title: a state. */
  badge?: ReactNode;
  subtitle?: ReactNode;
  /** The list this page is one of. */
  parent?: { name: string; place: string };
  actions?: ReactNode;
  /** Stays in view while the body scrolls. */
  foot?: ReactNode;
  children: ReactNode;
}

export function Page({ title, badge, subtitle, parent, actions, foot, children }: PageProps) {
  const styles = useStyles();
  return (
    <div className={styles.page}>
      <title>{`${title} – Trustkeep`}</title>
      <div className={styles.head}>
        <div className={styles.words}>
          {parent !== undefined && (
            <div className={styles.crumbs}>
              <InnerLink place={[parent.place]}>{parent.name}</InnerLink>
              <ChevronIcon aria-hidden="true" />
            </div>
          )}
          <div className={styles.titleRow}>
            <h1 className={styles.title}>{title}</h1>
            {badge}
          </div>
          {subtitle !== undefined && <div className={styles.subtitle}>{subtitle}</div>}
        </div>
        {actions !== undefined && <div className={styles.actions}>{actions}</div>}
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section className={styles.body} tabIndex={0} aria-label={title}>
        {children}
      </section>
      {foot !== undefined && <div className={styles.foot}>{foot}</div>}
    </div>
  );
}
