import { theme as antd, type ThemeConfig } from 'antd';
import type { Mode } from './theme';

type Algorithm = typeof antd.compactAlgorithm;

// The compact algorithm derives an even font size from the base; ours is 13 px on a line of 20.
const ourText: Algorithm = (seed, map) => ({
  ...(map ?? antd.compactAlgorithm(seed)),
  fontSize: 13,
  fontSizeSM: 12,
  fontSizeLG: 14,
  lineHeight: 20 / 13,
  lineHeightSM: 18 / 12,
  lineHeightLG: 22 / 14,
  fontHeight: 20,
  fontHeightSM: 18,
  fontHeightLG: 22,
});

/** The component library in our density and colours; base.css has the same values. */
export function antdTheme(m: Mode): ThemeConfig {
  const dark = m === 'dark';
  return {
    algorithm: [dark ? antd.darkAlgorithm : antd.defaultAlgorithm, antd.compactAlgorithm, ourText],
    token: {
      fontFamily: 'var(--sans)',
      fontFamilyCode: 'var(--mono)',
      borderRadius: 4,
      colorTextPlaceholder: dark ? '#8e98a2' : '#646d77',
      colorTextDescription: dark ? '#a7b0b8' : '#59626c',
      colorPrimary: dark ? '#3fa9b8' : '#0f6f7d',
      colorInfo: dark ? '#3fa9b8' : '#0f6f7d',
      colorLink: dark ? '#6cc3d0' : '#0b5a66',
      colorError: dark ? '#ff8792' : '#b3123f',
      colorBgBase: dark ? '#15181b' : '#ffffff',
      colorTextBase: dark ? '#e3e6e9' : '#1c2126',
      motionUnit: 0.06,
      colorBgContainer: dark ? '#191d20' : '#ffffff',
      colorBgElevated: dark ? '#1f2428' : '#ffffff',
      colorBorder: dark ? '#454d55' : '#c9ced4',
      colorBorderSecondary: dark ? '#2e3439' : '#e1e4e8',
    },
    components: {
      Button: { primaryColor: dark ? '#0b1214' : '#ffffff', primaryShadow: 'none', defaultShadow: 'none', dangerShadow: 'none' },
    },
  };
}
