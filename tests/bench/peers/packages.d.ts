/**
 * What the bench uses of the packages that it is measured against. They are installed only when the bench runs, and
 * so that its files can be checked without them, their types are said here as far as they are needed.
 */

declare module '@tensorflow/tfjs-core' {
  export class Tensor {
    readonly shape: number[];
    readonly rank: number;
    dataSync(): Float32Array;
    dispose(): void;
  }
  export class Variable extends Tensor {
    readonly name: string;
  }
  interface Optimizer {
    applyGradients(gradients: { name: string; tensor: Tensor }[]): void;
    dispose(): void;
  }
  type Padding = 'valid' | 'same' | number;

  export function enableProdMode(): void;
  export function env(): { set(flag: string, value: boolean | number): void };
  export function setBackend(name: string): Promise<boolean>;
  export function ready(): Promise<void>;
  export function engine(): {
    runKernel(name: string, inputs: Record<string, Tensor>, attributes: Record<string, unknown>): Tensor | Tensor[];
  };
  export function tidy<T>(work: () => T): T;

  export function tensor(data: Float32Array, shape: number[]): Tensor;
  export function tensor1d(data: Int32Array, type: 'int32'): Tensor;
  export function zeros(shape: number[]): Tensor;
  export function variable(initial: Tensor): Variable;
  export function oneHot(indices: Tensor, depth: number): Tensor;

  export function sub(a: Tensor | number, b: Tensor | number): Tensor;
  export function mul(a: Tensor | number, b: Tensor | number): Tensor;
  export function div(a: Tensor | number, b: Tensor | number): Tensor;
  export function add(a: Tensor, b: Tensor | number): Tensor;
  export function addN(tensors: Tensor[]): Tensor;
  export function square(x: Tensor): Tensor;
  export function sqrt(x: Tensor): Tensor;
  export function exp(x: Tensor): Tensor;
  export function log(x: Tensor): Tensor;
  export function tanh(x: Tensor): Tensor;
  export function sigmoid(x: Tensor): Tensor;
  export function softmax(x: Tensor): Tensor;
  export function rsqrt(x: Tensor): Tensor;
  export function step(x: Tensor): Tensor;
  export function sum(x: Tensor, axes?: number | number[], keepDims?: boolean): Tensor;
  export function mean(x: Tensor, axes?: number | number[], keepDims?: boolean): Tensor;
  export function max(x: Tensor, axes?: number | number[], keepDims?: boolean): Tensor;
  export function argMax(x: Tensor, axis: number): Tensor;

  export function slice(x: Tensor, begin: number[], size: number[]): Tensor;
  export function concat(tensors: Tensor[], axis: number): Tensor;
  export function reshape(x: Tensor, shape: number[]): Tensor;
  export function transpose(x: Tensor, order?: number[]): Tensor;
  export function reverse(x: Tensor, axes: number[]): Tensor;
  export function pad4d(x: Tensor, paddings: number[][]): Tensor;

  export function matMul(a: Tensor, b: Tensor): Tensor;
  export function conv2d(x: Tensor, filter: Tensor, strides: number, pad: Padding): Tensor;
  export function maxPool(x: Tensor, size: number, strides: number, pad: Padding): Tensor;
  type Activation = 'linear' | 'relu';
  export const fused: {
    conv2d(layer: {
      x: Tensor;
      filter: Tensor;
      strides: number;
      pad: Padding;
      bias: Tensor;
      activation: Activation;
    }): Tensor;
    matMul(layer: { a: Tensor; b: Tensor; bias: Tensor; activation: Activation }): Tensor;
  };
  export const train: {
    adam(lr: number, beta1: number, beta2: number, epsilon: number): Optimizer;
    momentum(lr: number, momentum: number): Optimizer;
    sgd(lr: number): Optimizer;
  };
}

declare module '@tensorflow/tfjs-backend-wasm' {
  export const version_wasm: string;
  export function setWasmPaths(folder: string): void;
}

declare module '@jax-js/jax' {
  /** Counts its uses: an argument is consumed, `ref` keeps it for another. */
  interface Array {
    readonly ref: Array;
    readonly shape: number[];
    add(other: Array | number): Array;
    sub(other: Array | number): Array;
    mul(other: Array | number): Array;
    div(other: Array | number): Array;
    sum(): Array;
    /** One range for each dimension, empty for all of it. */
    slice(...ranges: number[][]): Array;
    reshape(shape: number[]): Array;
    transpose(order?: number[]): Array;
    dataSync(): Float32Array;
  }
  /** Arrays, in lists in any depth. */
  type Tree = Array | Tree[];

  export function init(backend: string): Promise<unknown>;
  export function defaultDevice(backend: string): void;
  export function jit<Work extends (...given: never[]) => unknown>(work: Work): Work;
  /** By the first argument. */
  export function valueAndGrad<First, Others extends unknown[]>(
    loss: (first: First, ...others: Others) => Array,
  ): (first: First, ...others: Others) => [Array, First];
  export const tree: {
    ref<T extends Tree>(all: T): T;
    dispose(all: Tree): void;
  };
  export const lax: {
    reduceWindow(x: Array, reduce: (x: Array) => Array, size: number[], strides: number[]): Array;
  };
  export const nn: {
    relu(x: Array): Array;
    logSoftmax(x: Array, axis: number): Array;
    oneHot(classes: Array, count: number): Array;
  };
  export const numpy: {
    array(data: Float32Array | Int32Array | number[], options?: { shape: number[] }): Array;
    zeros(shape: number[]): Array;
    argmax(x: Array, axis: number): Array;
    max(x: Array): Array;
    sqrt(x: Array): Array;
    square(x: Array): Array;
    tanh(x: Array): Array;
    matmul(a: Array, b: Array): Array;
    pad(x: Array, paddings: number[][]): Array;
    stack(arrays: Array[], axis?: number): Array;
  };
}
