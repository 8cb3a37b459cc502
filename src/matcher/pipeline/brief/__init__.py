"""The morning brief: made, shown as text or workbook, and sent."""
