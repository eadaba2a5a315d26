// How the two pages are built: the tablet's app (index.html) and the supervisor's desk (board.html).
import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig(({ mode }) => ({
  root: here('.'),
  // Relative, so that the gateway can serve the same files below /board/.
  base: './',
  plugins: [svelte()],
  // Runes run as in the browser when state classes are tested under Node.
  resolve: mode === 'test' ? { conditions: ['browser'] } : {},
  build: {
    outDir: here('dist'),
    emptyOutDir: true,
    // Tablets in the field keep the WebView they were delivered with.
    target: ['es2020', 'chrome87', 'safari14'],
    assetsInlineLimit: 0,
    rolldownOptions: { input: { app: here('index.html'), board: here('board.html') } },
  },
  server: { port: 5173, strictPort: true },
  // Style sheets are read as text by the contrast test.
  test: { css: true, root: here('.'), include: ['src/**/*.test.ts'] },
}));
