"""The studio in the browser: its pages in TypeScript, how they are built, and how they are served."""
