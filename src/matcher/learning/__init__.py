"""What grades teach: fits, their judgement on demands kept aside, and evaluation on judged collections."""
