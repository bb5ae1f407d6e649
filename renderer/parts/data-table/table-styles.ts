import { makeStyles, tokens } from '@fluentui/react-components';
import { forcedColours } from '../forced-colours.ts';

export const smallWindow = '@media (max-width: 1040px)';

export const useTableStyles = makeStyles({
  frame: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalM, minWidth: 0 },
  tools: {
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'center',
    gap: `${tokens.spacingVerticalS} ${tokens.spacingHorizontalM}`,
  },
  // its menus open within it, above rows and head
  menus: {
    position: 'relative',
    zIndex: 4,
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'center',
    gap: tokens.spacingHorizontalXXS,
  },
  search: { width: '240px', maxWidth: '100%' },
  count: { marginLeft: 'auto', color: tokens.colorNeutralForeground3 },
  box: {
    backgroundColor: tokens.colorNeutralBackground1,
    border: `1px solid ${tokens.colorNeutralStroke2}`,
    borderRadius: tokens.borderRadiusLarge,
    overflow: 'clip',
  },
  table: { width: '100%', tableLayout: 'fixed', borderCollapse: 'collapse' },
  head: {
    textAlign: 'left',
    fontWeight: tokens.fontWeightSemibold,
    color: tokens.colorNeutralForeground2,
    padding: 0,
    borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
    backgroundColor: tokens.colorNeutralBackground2,
    position: 'sticky',
    top: 0,
    zIndex: 2,
  },
  plainHead: {
    boxSizing: 'border-box',
    padding: `${tokens.spacingVerticalSNudge} ${tokens.spacingHorizontalM}`,
  },
  sort: {
    display: 'flex',
    alignItems: 'center',
    gap: '2px',
    width: '100%',
    border: 'none',
    background: 'none',
    font: 'inherit',
    color: 'inherit',
    textAlign: 'left',
    cursor: 'pointer',
    padding: `${tokens.spacingVerticalSNudge} ${tokens.spacingHorizontalM}`,
    ':hover': { color: tokens.colorNeutralForeground1 },
    ':focus-visible': { outline: `2px solid ${tokens.colorStrokeFocus2}`, outlineOffset: '-2px' },
  },
  row: {
    position: 'relative',
    ':not(:last-child)': { borderBottom: `1px solid ${tokens.colorNeutralStroke3}` },
  },
  leads: { ':hover': { backgroundColor: tokens.colorSubtleBackgroundHover } },
  selected: {
    backgroundColor: tokens.colorBrandBackground2,
    ':hover': { backgroundColor: tokens.colorBrandBackground2Hover },
    [forcedColours]: { outline: '2px solid Highlight', outlineOffset: '-2px' },
  },
  cell: {
    padding: `${tokens.spacingVerticalS} ${tokens.spacingHorizontalM}`,
    verticalAlign: 'top',
    overflowWrap: 'break-word',
    '& time, & button, & a:not([data-row-link])': { position: 'relative', zIndex: 1 },
  },
  uniform: { height: '40px', overflow: 'hidden' },
  uniformGroup: { height: '56px', boxSizing: 'border-box' },
  // above the link that covers the row; the whole cell is its target
  check: {
    width: '36px',
    boxSizing: 'border-box',
    position: 'relative',
    zIndex: 1,
    textAlign: 'center',
    paddingRight: 0,
  },
  checkHead: { position: 'sticky', zIndex: 2, paddingLeft: tokens.spacingHorizontalM },
  box16: {
    width: '16px',
    height: '16px',
    margin: '2px 0 0',
    accentColor: tokens.colorCompoundBrandBackground,
    ':focus-visible': { outline: `2px solid ${tokens.colorStrokeFocus2}`, outlineOffset: '1px' },
  },
  // The link covers its row, so that the whole row can be clicked and is still one link.
  link: {
    color: tokens.colorNeutralForeground1,
    fontWeight: tokens.fontWeightSemibold,
    textDecorationLine: 'none',
    // the head of the table stays in view above it
    scrollMarginTop: '48px',
    scrollMarginBottom: '64px',
    '::after': { content: '""', position: 'absolute', inset: 0 },
    ':hover': { textDecorationLine: 'underline' },
    ':focus-visible': { outlineStyle: 'none' },
    ':focus-visible::after': {
      outline: `2px solid ${tokens.colorStrokeFocus2}`,
      outlineOffset: '-2px',
      borderRadius: tokens.borderRadiusMedium,
    },
  },
  group: { backgroundColor: tokens.colorNeutralBackground3 },
  fold: {
    display: 'flex',
    alignItems: 'center',
    gap: tokens.spacingHorizontalS,
    border: 'none',
    background: 'none',
    font: 'inherit',
    fontWeight: tokens.fontWeightSemibold,
    color: tokens.colorNeutralForeground1,
    cursor: 'pointer',
    padding: 0,
    textAlign: 'left',
    scrollMarginTop: '48px',
    ':focus-visible': { outline: `2px solid ${tokens.colorStrokeFocus2}`, outlineOffset: '2px' },
  },
  groupCount: { color: tokens.colorNeutralForeground3, fontWeight: tokens.fontWeightRegular },
  wideOnly: { [smallWindow]: { display: 'none' } },
  hiddenText: {
    position: 'absolute',
    width: '1px',
    height: '1px',
    overflow: 'hidden',
    clipPath: 'inset(50%)',
  },
});

/** A second line in a cell. */
export const useCellStyles = makeStyles({
  second: {
    display: 'block',
    color: tokens.colorNeutralForeground3,
    fontSize: tokens.fontSizeBase200,
    lineHeight: tokens.lineHeightBase200,
    fontWeight: tokens.fontWeightRegular,
  },
  actions: { display: 'flex', justifyContent: 'flex-end', gap: tokens.spacingHorizontalXS },
});
