import type { EndpointType } from '../../model/endpoint.ts';
import type { Descriptor } from '../descriptor.ts';
import { nginx } from './nginx.ts';
import { pem } from './pem.ts';

export const endpointCatalog: Record<EndpointType, Descriptor> = { nginx, pem };
