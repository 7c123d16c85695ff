// Package generator turns annotated interfaces into the Go files that wrap them.
//
// [Generate] computes the files and [Write] writes what differs; [Explain] tells what becomes of
// every method, and [Suggest] proposes first annotations. Generate, in generate.go, is the row of
// all stages, and the place to begin to read.
//
// The work is a row of plain functions over plain data. What a stage makes is a type of its own
// that no later stage writes to. Methods that later families call change [findings], which all
// stages add to, [effectiveSettings], which shrink to what can act on a method, and [catalogue],
// which checks a policy the first time that it is asked for, all of them before anything is
// planned; nothing else changes. Files are families by their first word, and a family uses only
// those above it; within a family, this is the order to read in:
//
//	request.go                what a caller asks for
//	language.go               the table of the language: directives, keys, defaults, what names Go
//	diagnostic.go             what a caller is told about a mistake
//	diagnostic_findings.go    how stages report mistakes; the words stand where a mistake is found
//	diagnostic_enumerate.go   how messages name several things
//	result.go                 what a caller gets: files, interfaces, methods, verdicts
//	result_settings.go        what is in effect on a method, and where it was written
//
//	scan.go                   what the bytes of a file tell
//	run.go                    what all stages of a run share
//	load_list.go              which packages there are: the go command's answers
//	load_keep.go              and how they are kept for later runs
//	load_select.go            a listed package: what the compiler takes as one
//	load_tree.go              all files that the patterns matched
//	load_parse.go             a parsed package
//	load_declared.go          the names that a file declares
//	output_path.go            where what is generated for a file belongs
//	output_orphan.go          output that nobody asks for any more
//	output_compare.go         what differs from the disk
//	output_write.go           the files are written
//
//	directive_parse.go        a directive and its arguments
//	directive_nearmiss.go     a comment that was meant to be one
//	directive_place.go        what comments stand on
//	directive_setting.go      a setting: what one argument says
//	directive_reference.go    the names that directives mention
//	directive_annotation.go   an interface that carries directives
//	directive_policy.go       a named policy
//	directive_culprit.go      which of several settings is to blame
//	directive_together.go     what contradicts itself on one place
//	directive_find.go         a marked package: what its directives mark
//	shelf.go                  named policies of other packages, wherever these live
//
//	type_prefetch.go          asks for what packages import before all of them are known
//	type_imports.go           types of what packages import, from export data
//	type_source.go            or from source, where the build cache has none
//	type_cgo.go               with stand-ins for what comes from C
//	type_standin.go           and for what our own output declares
//	type_check.go             a typed package
//	type_all.go               all packages of a run are typed
//	type_wellformed.go        whether an interface can be understood
//	type_object.go            whether an object of Go is what a directive wants
//	type_mention.go           whether generated code may mention it
//	type_lookup.go            what a name stands for
//
//	effective.go              settings merged: what is in effect on a method
//	policy_layer.go           what a use of a named policy brings
//	policy_check.go           what is wrong with named policies
//	resolve.go                what everything stands for that an annotation mentions
//	method_members.go         the methods of an interface
//	method_select.go          which of them a directive applies to: methods=
//	method_merge.go           the settings that apply to one
//	method_part.go            values of some kind in what it takes and returns
//	method_context.go         the context that it takes
//	method_consumed.go        arguments that one attempt uses up
//	method_signature.go       how functions around a method are called
//	method_function.go        whether a function fits that
//	method_sweep.go           settings that fit some methods and not others
//	method_judgement.go       how its results tell whether a call failed
//	method_outliving.go       results that live longer than the call
//	method_lack.go            what keeps a policy from acting on a method, and when that is an error
//	method_rewind.go          whether retry can act, by rewind=
//	method_key.go             by what calls are told apart that have breakers of their own
//	method_contradiction.go   policies that are in vain together
//	method_sharing.go         whether the methods of one client agree
//	method_decide.go          what becomes of a method
//
//	plan_names.go             whether the names of generated declarations are free
//	plan.go                   all that together, as templates takes it
//	recall.go                 what an earlier run found out and nothing has changed of
//	recall_keep.go            what is kept for later runs
//	generate.go               the row of stages: [Generate], [Explain]
//
//	suggest_target.go         the interface that somebody named
//	suggest_draft.go          or a new one that embeds it
//	suggest_choose.go         which policies suit its methods
//	suggest_wording.go        the sentences that explain choices
//	suggest_insert.go         comments put into a source
//	suggest_propose.go        directives for the choices, with their sentences
//	suggest.go                first annotations of interfaces that have none
package generator
