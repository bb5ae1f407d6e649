import type { EndpointType } from '../../model/endpoint.ts';
import type { EndpointDescriptor } from '../descriptor.ts';
import { nginx } from './nginx.ts';
import { pem } from './pem.ts';

export const endpointCatalog: Record<EndpointType, EndpointDescriptor> = { nginx, pem };
