// theme.js - the chosen colours, before the first picture. src/app/theme.tsx changes them.
try {
  const theme = localStorage.getItem('cruddur:theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {} // a browser that keeps nothing
