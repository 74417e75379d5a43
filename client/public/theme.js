// Sets the chosen theme before the first paint. Kept apart from the page's code so that the page needs no inline script.
try {
  var theme = localStorage.getItem('coderoom:theme');
  if (theme === '"light"' || theme === '"dark"') document.documentElement.dataset.theme = theme.slice(1, -1);
} catch {
  // Storage refused: the system's theme.
}
