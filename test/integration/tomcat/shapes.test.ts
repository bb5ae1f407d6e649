import { shapesSuite } from './shapes.suite.ts';

shapesSuite(10);
