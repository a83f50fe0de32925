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
