/** Imported before anything else: several libraries check more, and slower, unless they are told that this is no development. */
process.env.NODE_ENV ??= 'production';
