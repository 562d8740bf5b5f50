let typed = '';

/** Keeps the password just typed, in memory alone, so that whoever has to replace the first one need not look it up again. */
export function remember(password: string): void {
  typed = password;
}

/** Hands the password out once the page that replaces it asks. */
export function recall(): string {
  return typed;
}

export function forget(): void {
  typed = '';
}
