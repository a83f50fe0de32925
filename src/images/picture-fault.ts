/** What is wrong with a picture, in a sentence that may be shown. */
export class PictureFault extends Error {
  constructor(readonly rule: 'png' | 'svg', message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'PictureFault';
  }
}
