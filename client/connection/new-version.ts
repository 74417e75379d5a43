/** Whether the server serves a newer page than the one that runs here: asked after each return of the connection, as after a deploy. */

/** The address of the page's own entry script holds a hash of its content: it changes with every build. */
export function entryScript(document: Document): string | null {
  return document.querySelector('script[type="module"][src]')?.getAttribute('src') ?? null;
}

/**
 * @param script what `entryScript` found when the page was loaded
 * @param readPage fetches the start page as the server serves it now; may reject
 */
export async function isOutdated(script: string | null, readPage: () => Promise<string>): Promise<boolean> {
  if (script === null) return false;
  try {
    const page = await readPage();
    // Something between us and the server may answer with a page of its own: only one of ours tells anything.
    return page.includes('id="app"') && !page.includes(`"${script}"`);
  } catch {
    return false;
  }
}

export async function readStartPage(): Promise<string> {
  const response = await fetch('/', { cache: 'no-cache', headers: { accept: 'text/html' } });
  if (!response.ok) throw new Error(`the start page answered ${response.status}`);
  return response.text();
}
