"""Supervision: how the office itself worked, case by case and payment by payment. It keeps no tables and changes nothing."""
