"""Files in and out: workbooks, CSV and JSONL lists, the row report, the ledger workbook."""
