import type { components } from './schema';

type Body = Partial<components['schemas']['Problem']>;
export type ProblemField = components['schemas']['ProblemField'];

/** What the server refused and why (RFC 9457), or that it could not be reached (status 0). */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly fields: ProblemField[];
  /** On 409: who changed it, when, and the version that stands now. */
  readonly by?: string;
  readonly at?: string;

  constructor(status: number, body: Body) {
    super(body.detail || body.title || `HTTP ${status}`);
    this.name = 'Problem';
    this.status = status;
    this.code = body.code ?? '';
    this.detail = this.message;
    this.fields = body.errors ?? [];
    this.by = body.by;
    this.at = body.at;
  }

  static from(status: number, body: unknown): Problem {
    return new Problem(status, typeof body === 'object' && body !== null ? (body as Body) : {});
  }

  static unreachable(): Problem {
    return new Problem(0, { code: 'unreachable' });
  }
}

/** Whether trying again could help: not for what the request itself got wrong. */
export function transient(error: unknown): boolean {
  return error instanceof Problem && (error.status === 0 || error.status === 429 || error.status >= 500);
}
