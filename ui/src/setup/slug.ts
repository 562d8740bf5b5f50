/** A slug for a customer of this name: its Latin letters and digits, else a number. */
export function suggest(name: string, number: number): string {
  const slug = name.normalize('NFKD').toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 40).replace(/-+$/, '');
  return slug || `customer-${number}`;
}
