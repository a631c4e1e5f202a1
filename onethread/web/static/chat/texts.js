// Loads the catalogue of one language; the page carries no other.
export const LANGUAGES = { en: "English", ro: "Română", ru: "Русский", zh: "中文" };

export async function textsFor(language) {
  return (await import(`./messages/${language in LANGUAGES ? language : "en"}.js`)).default;
}

// How people of this language write times and sizes where the browser says they are.
export function localeOf(language) {
  return navigator.languages.find((one) => one.split("-")[0] === language) ?? language;
}
