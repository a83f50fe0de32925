// Sets theme and language before the first paint, so nothing flashes. A file of its own because scripts are 'self' only.
(() => {
  const root = document.documentElement;
  let theme;
  let language;
  try {
    theme = localStorage.getItem('mantine-color-scheme-value');
    language = JSON.parse(localStorage.getItem('keyledger-preferences') || '{}').language;
  } catch {
    // Storage may be refused; the system's theme and the browser's language then decide.
  }
  const dark = theme === 'dark' || (theme !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  root.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light');
  if (language) {
    root.lang = language;
  }
})();
