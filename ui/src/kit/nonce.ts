/** The nonce this page may insert style sheets with; undefined on the development server, which sends no policy. */
export const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content;

/**
 * Gives the nonce to every style element that scripts make. Dialogs insert some without asking for it, and the policy
 * would refuse them; markup that somebody smuggled into the page still has none.
 */
export function signStyles(): void {
  if (!nonce) return;
  const create = document.createElement.bind(document);
  document.createElement = ((name: string, options?: ElementCreationOptions) => {
    const element = create(name, options);
    if (element instanceof HTMLStyleElement) element.nonce = nonce;
    return element;
  }) as typeof document.createElement;
}
