import type { Tenant } from '../client';

type Networks = Tenant['networks'];

/** Networks as people write them: one a line, then perhaps its name. */
export function asLines(networks: Networks): string {
  return networks.map(({ cidr, name }) => (name ? `${cidr} ${name}` : cidr)).join('\n');
}

/** Reads what people wrote; whether each is a network the server says. */
export function asNetworks(text: string): Networks {
  return text.split('\n').map((line) => line.trim()).filter(Boolean).map((line) => {
    const [cidr = '', ...name] = line.split(/\s+/);
    return { cidr: cidr.slice(0, 64), ...(name.length > 0 && { name: name.join(' ') }) };
  });
}
