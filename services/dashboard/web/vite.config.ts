import { defineConfig } from "vite";

// Two pages: the board, and the sign-in page that works without a line of script.
export default defineConfig({
  build: {
    target: "es2022",
    modulePreload: { polyfill: false },
    // Inlined fonts and images would need a weaker content security policy.
    assetsInlineLimit: 0,
    // Timings of a slow machine are no warning.
    rollupOptions: {
      checks: { pluginTimings: false },
      input: { board: "index.html", signIn: "sign-in.html" },
    },
  },
});
