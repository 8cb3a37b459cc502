"""Encoder adapters: the bundled static model and ONNX Runtime (no torch), and sentence-transformers."""
