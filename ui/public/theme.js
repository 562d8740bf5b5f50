// Runs before the first paint, so that a dark desk does not flash white. src/kit/theme.ts reads the same keys.
(function () {
  var root = document.documentElement;
  var theme = null;
  var lang = null;
  try {
    theme = localStorage.getItem('isoc.theme');
    lang = localStorage.getItem('isoc.lang');
  } catch (e) {
    // storage may be switched off; the system's choice holds
  }
  if (theme !== 'light' && theme !== 'dark') {
    theme = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
  }
  root.dataset.theme = theme;
  if (lang) root.lang = lang;
})();
