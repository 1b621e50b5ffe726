/** ISO 639-1 codes of the languages that a text can be told to be in: those of the library that tells them. */
export const languageCodes = [
  ...['am', 'ar', 'az', 'be', 'bg', 'bn', 'ca', 'cs', 'da', 'de', 'el', 'en', 'es', 'et', 'eu', 'fa', 'fi'],
  ...['fr', 'gu', 'he', 'hi', 'hr', 'hu', 'hy', 'is', 'it', 'ja', 'ka', 'kn', 'ko', 'ku', 'lo', 'lt', 'lv'],
  ...['ml', 'mr', 'ms', 'nl', 'no', 'or', 'pa', 'pl', 'pt', 'ro', 'ru', 'sk', 'sl', 'sq', 'sr', 'sv', 'ta'],
  ...['te', 'th', 'tl', 'tr', 'uk', 'ur', 'vi', 'yo', 'zh'],
] as const;
