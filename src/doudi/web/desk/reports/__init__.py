"""核对报告 at the desk: the list, one report with its versions, its bytes and its signed sheet."""
