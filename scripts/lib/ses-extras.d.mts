import type { Proxy } from './http-proxy.mjs';

export function startSesExtras(target: string, port?: number | string): Promise<Proxy>;
