import type { FlatEvent } from '../../client';
import { asText } from '../../kit/fields';

/** What an event says was done, and the fields that say it. */
export interface Act {
  verb?: 'ran' | 'requested' | 'asked' | 'blocked' | 'allowed' | 'connected' | 'failed' | 'loggedIn' | 'started' | 'registry' | 'file';
  fields: Record<string, string>;
}

const names = {
  host: ['host.name', 'winlog.computer_name'],
  user: ['user.name'],
  source: ['source.ip', 'client.ip'],
  command: ['process.command_line', 'winlog.event_data.CommandLine'],
  image: ['process.executable', 'winlog.event_data.Image'],
  url: ['url.original', 'url.full', 'url.path'],
  method: ['http.request.method'],
  question: ['dns.question.name'],
  destination: ['destination.ip', 'destination.domain'],
  port: ['destination.port'],
  registry: ['registry.path', 'winlog.event_data.TargetObject'],
  file: ['file.path', 'winlog.event_data.TargetFilename'],
};

/** Reads an event; where its fields do not say what was done, there is no verb. */
export function actOf(event: FlatEvent): Act {
  const fields: Record<string, string> = {};
  for (const [part, candidates] of Object.entries(names)) {
    const field = candidates.find((each) => usable(asText(event[each])));
    if (field) fields[part] = field;
  }
  return { verb: verbOf(event, fields), fields };
}

function usable(value: string): boolean {
  return value !== '' && value !== '-';
}

function verbOf(event: FlatEvent, fields: Record<string, string>): Act['verb'] {
  const category = words(event['event.category']);
  const outcome = asText(event['event.outcome']);
  const types = words(event['event.type']);
  if (fields.question) return 'asked';
  if (fields.url) return 'requested';
  if (category.includes('authentication') && !fields.command && fields.user) {
    if (outcome === 'failure') return 'failed';
    if (outcome === 'success') return 'loggedIn';
  }
  if (fields.registry) return 'registry';
  if (fields.file && category.includes('file')) return 'file';
  if (category.includes('network') && fields.destination && fields.source) {
    if (types.includes('denied')) return 'blocked';
    return types.includes('allowed') ? 'allowed' : 'connected';
  }
  if (fields.command) return 'ran';
  return fields.image && category.includes('process') && types.includes('start') ? 'started' : undefined;
}

function words(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : asText(value).split(',');
}
