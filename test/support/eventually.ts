/** Asks again until the answer is as it should be. */
export async function eventually<Value>(look: () => Promise<Value | false | undefined>, withinMs = 10_000): Promise<Value> {
  const end = Date.now() + withinMs;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > end) throw new Error(`It did not become so within ${withinMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Tries until every expectation in it holds; the last failure is that of the test. */
export async function eventuallyHolds(check: () => Promise<void>, withinMs = 5_000): Promise<void> {
  const end = Date.now() + withinMs;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
