/** Every class is called by its own name. */
export default new Proxy<Record<string, string>>({}, { get: (_target, name) => (name === '__esModule' ? undefined : String(name)) });
