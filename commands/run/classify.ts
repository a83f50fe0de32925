/** The judgement is made where vendors are called, because every answer of theirs comes with it. */
export { classify } from '../../src/upstreams/classify';
