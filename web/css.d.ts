/** A style sheet that comes with the code that needs it: what of it is imported is its effect. */
declare module '*.css';
