import { ask, client, type Address } from '../client';

const most = 100; // asked for at once

/** Reads like an IP address; the server knows better. */
export function looksLikeAddress(value: string): boolean {
  return value.length <= 45 && (/^\d{1,3}(\.\d{1,3}){3}$/.test(value) || (/^[0-9a-f:.]+$/i.test(value) && value.split(':').length > 2));
}

/** Puts questions that come together into few; each is answered with what was found of it. */
export function batched<T>(fetch: (keys: string[]) => Promise<Map<string, T>>, atMost: number): (key: string) => Promise<T | null> {
  let waiting: { key: string; found: (value: T | null) => void; failed: (error: unknown) => void }[] = [];
  const send = () => {
    const all = waiting;
    waiting = [];
    for (let i = 0; i < all.length; i += atMost) {
      const part = all.slice(i, i + atMost);
      fetch([...new Set(part.map((each) => each.key))]).then(
        (answer) => part.forEach((each) => each.found(answer.get(each.key) ?? null)),
        (error: unknown) => part.forEach((each) => each.failed(error)),
      );
    }
  };
  return (key) => new Promise((found, failed) => {
    if (waiting.push({ key, found, failed }) === 1) setTimeout(send, 0);
  });
}

const find = batched<Address>(async (ips) => {
  const { items } = await ask(client.GET('/api/v1/addresses', { params: { query: { ip: ips.join(',') } } }));
  return new Map(items.map((each) => [each.ip, each]));
}, most);

/** What is known of an IP address; null where it is none. */
export function addressQuery(ip: string) {
  return { queryKey: ['address', ip], queryFn: () => find(ip), staleTime: 3_600_000, retry: false, enabled: looksLikeAddress(ip) };
}

/** Name of a country in a language; the code where there is none. */
export function countryName(code: string, language: string): string {
  if (!/^[A-Z]{2}$/.test(code)) return code;
  return new Intl.DisplayNames([language], { type: 'region', fallback: 'code' }).of(code) ?? code;
}
