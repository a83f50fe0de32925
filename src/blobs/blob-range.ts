/** A part of a blob was asked for that begins behind its end. */
export class BehindTheEnd extends Error {
  constructor() {
    super('The part begins behind the end of the blob');
    this.name = 'BehindTheEnd';
  }
}
