package platform

// This file belongs to every platform, so that the package can be built on those that no other file is for.
