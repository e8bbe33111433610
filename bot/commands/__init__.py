"""The commands of ``faxiaohu``, one file a group."""
