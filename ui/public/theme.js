// Runs before the first paint, so that a dark desk does not flash white. src/kit/theme.ts, src/kit/density.ts, src/identity/session.ts and src/i18n read the same keys.
(function () {
  var root = document.documentElement;
  var theme = null;
  var lang = null;
  var density = null;
  var inside = null;
  try {
    theme = localStorage.getItem('isoc.theme');
    lang = localStorage.getItem('isoc.lang');
    density = localStorage.getItem('isoc.density');
    inside = localStorage.getItem('isoc.in');
  } catch (e) {
    // storage may be switched off; the system's choice holds
  }
  if (theme !== 'light' && theme !== 'dark') {
    theme = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
  }
  root.dataset.theme = theme;
  root.dataset.density = density === 'cosy' ? 'cosy' : 'compact';
  if (lang) root.lang = lang;
  // Whoever was logged in here sees the frame at once, while everything else is on its way.
  if (inside && location.pathname !== '/login') root.dataset.boot = '';
})();
