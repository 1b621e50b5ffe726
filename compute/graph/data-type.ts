/** TensorFlow's DataType numbers (types.proto), as far as they occur here. */
export const DataType = {
  float32: 1,
  uint8: 4,
  int32: 3,
  string: 7,
  int64: 9,
  bool: 10,
  bfloat16: 14,
  resource: 20,
  uint64: 23,
} as const;
