import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import type zh from './zh-CN';

export type Language = 'zh-CN' | 'en';
export const languages: { id: Language; name: string; short: string }[] = [
  { id: 'zh-CN', name: '简体中文', short: '中' },
  { id: 'en', name: 'English', short: 'EN' },
];

declare module 'i18next' {
  interface CustomTypeOptions {
    resources: { translation: typeof zh };
    returnNull: false;
  }
}

const key = 'isoc.lang';

/** The language chosen here before, else the browser's first that we speak, else Chinese. */
export function preferred(): Language {
  let stored: string | null = null;
  try {
    stored = localStorage.getItem(key);
  } catch {
    // Storage is switched off; the browser's choice holds.
  }
  for (const tag of [stored, ...navigator.languages]) {
    if (tag?.startsWith('zh')) return 'zh-CN';
    if (tag?.startsWith('en')) return 'en';
  }
  return 'zh-CN';
}

/** Whether the person chose a language in this browser; else the account's own applies after log-in. */
export function chosen(): boolean {
  try {
    return localStorage.getItem(key) !== null;
  } catch {
    return false;
  }
}

async function load(language: Language) {
  const texts = language === 'en' ? await import('./en') : await import('./zh-CN');
  i18next.addResourceBundle(language, 'translation', texts.default, true, true);
}

/** Switches the language and remembers it. Only the texts of the language in use are loaded. */
export async function speak(language: Language): Promise<void> {
  await load(language);
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
  try {
    localStorage.setItem(key, language);
  } catch {
    // Lasts as long as the page.
  }
}

export async function start(): Promise<void> {
  const language = preferred();
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: false,
    resources: {},
    partialBundledLanguages: true,
    interpolation: { escapeValue: false }, // React escapes
    returnNull: false,
  });
  await load(language);
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
}

export function language(): Language {
  return i18next.language === 'en' ? 'en' : 'zh-CN';
}
