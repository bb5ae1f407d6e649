import {
  type BrandVariants,
  createDarkTheme,
  createLightTheme,
  type Theme,
} from '@fluentui/react-components';

const brand: BrandVariants = {
  10: '#011417',
  20: '#022025',
  30: '#042e34',
  40: '#063c43',
  50: '#074a52',
  60: '#095861',
  70: '#0a6670',
  80: '#0b7480',
  90: '#278793',
  100: '#4299a4',
  110: '#5dabb5',
  120: '#79bdc6',
  130: '#95ced6',
  140: '#b2dfe5',
  150: '#d0eef2',
  160: '#eef9fb',
};

/** Fonts of the system: nothing is fetched, everything looks at home. */
const fonts = {
  fontFamilyBase:
    "'Segoe UI Variable Text', 'Segoe UI', system-ui, -apple-system, Cantarell, 'Noto Sans', 'Liberation Sans', sans-serif",
  fontFamilyMonospace:
    "'Cascadia Mono', Consolas, ui-monospace, 'SF Mono', 'DejaVu Sans Mono', 'Liberation Mono', monospace",
};

export const lightTheme: Theme = { ...createLightTheme(brand), ...fonts };
export const darkTheme: Theme = {
  ...createDarkTheme(brand),
  ...fonts,
  colorBrandForeground1: brand[120],
  colorBrandForeground2: brand[130],
  colorBrandForegroundLink: brand[120],
  colorBrandForegroundLinkHover: brand[140],
  colorCompoundBrandForeground1: brand[120],
};
